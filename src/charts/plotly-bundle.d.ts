/** The cartesian bundle of plotly.js has the types of the whole. */
declare module 'plotly.js-cartesian-dist-min' {
  import * as plotly from 'plotly.js';
  export default plotly;
}
