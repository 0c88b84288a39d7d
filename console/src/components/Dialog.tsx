import { Modal, type ModalProps } from "@mantine/core";
import { createContext } from "react";
import { texts } from "../texts";

/** Whether something is in a dialog: Escape would close a second one together with the first. */
export const InDialog = createContext(false);

/** A dialog whose close button has a name. */
export function Dialog({ children, ...props }: ModalProps) {
  return (
    <Modal closeButtonProps={{ "aria-label": texts.app.close }} {...props}>
      <InDialog value={true}>{children}</InDialog>
    </Modal>
  );
}
