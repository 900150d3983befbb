/** The cartesian bundle of plotly.js has the same types as the whole library. */
declare module 'plotly.js-cartesian-dist-min' {
  import * as plotly from 'plotly.js';
  export default plotly;
}
