/** Signs in again in a separate window, so that nothing typed on the page is lost. */
import { consoleUrl } from "../api/place";
import { keepSignedIn, type SignedIn } from "../session";
import { AGAIN } from "./pending";

const WINDOW = "popup,width=480,height=720";

/** Opens the window. Returns what stops listening for it. */
export function signInAgain(): () => void {
  const name = crypto.randomUUID();
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }: MessageEvent<SignedIn>) => {
    keepSignedIn(data);
    channel.close();
  };
  window.open(`${consoleUrl}?${AGAIN}=${name}`, "_blank", WINDOW);
  return () => channel.close();
}
