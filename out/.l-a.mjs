import { shot, browser, close } from './.l-shot.mjs';
await shot('wide', {width:1920,height:1080}, '?v=1&lesson=early-dip&step=1');
await shot('wide2', {width:1440,height:900}, '?v=1&lesson=early-dip&step=2', 'dark');
await shot('phone', {width:360,height:740}, '?v=1&lesson=early-dip&step=2', 'light', null, true);
await shot('view', {width:1440,height:900}, '?view=lessons');
await browser.close(); await close();
