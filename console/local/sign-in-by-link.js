// Signs in with the key of a link such as `/console#key=volley_…`, which `make up` prints.
//
// Only builds for the local stack have this file; see functions/console/build.rs. A fragment never
// reaches a server, and it is removed from the address and the history before anything else runs.
const key = new URLSearchParams(location.hash.slice(1)).get("key");
if (key) {
  history.replaceState(null, "", location.pathname + location.search);
  sessionStorage.setItem("volley.key", key);
}
