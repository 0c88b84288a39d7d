/**
 * Where the console and the API are. The function that serves a page writes its `<base>`, because a
 * deployment may put a path before `/console`. The API is next to it.
 */
const base = new URL("./", document.baseURI);

/** The console's own path, without a slash at its end. */
export const consolePath = base.pathname.replace(/\/$/, "");

export const apiUrl = new URL(consolePath.endsWith("/console") ? "../" : "./", base).href.replace(/\/$/, "");

/** The console's own URL, which the identity provider returns to. */
export const consoleUrl = location.origin + consolePath;
