/** Browsers that know `light-dark()`, popovers and `<dialog>`: the styles are shipped as they are written. */
export const BROWSERS = ['chrome123', 'edge123', 'firefox125', 'safari17.5']
