import { Modal, type ModalProps } from "@mantine/core";
import { texts } from "../texts";

/** A dialog whose close button has a name. */
export function Dialog(props: ModalProps) {
  return <Modal closeButtonProps={{ "aria-label": texts.app.close }} {...props} />;
}
