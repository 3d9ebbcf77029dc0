/** Browsers that know `light-dark()`, popovers and `<dialog>`: the styles are shipped as they are written. */
export const BROWSERS = ['chrome123', 'edge123', 'firefox125', 'safari17.5']

/** What React has itself by now; as a package of its own it is no ES module. */
export const ALIAS = [{ find: /^use-sync-external-store\/shim(\/index\.js)?$/, replacement: 'react' }]
