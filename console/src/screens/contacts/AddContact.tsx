import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api, body, once } from "../../api/client";
import { Dialog } from "../../components/Dialog";
import { useSession } from "../../shell/session-context";
import { texts } from "../../texts";
import { ContactForm } from "./ContactForm";

const EMPTY = {
  phone: null,
  firstName: null,
  lastName: null,
  email: null,
  externalId: null,
  status: "active" as const,
  tags: [],
  timeZone: null,
  language: null,
  attributes: {},
};

/** Creates one contact by hand. */
export function AddContact() {
  const { organizationId } = useSession();
  const [opened, dialog] = useDisclosure();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (
    <>
      <Button variant="default" onClick={dialog.open}>
        {texts.contacts.add}
      </Button>
      <Dialog opened={opened} onClose={dialog.close} title={texts.contacts.add}>
        <ContactForm
          initial={EMPTY}
          save={async (fields) => {
            const contact = await body(
              api.POST("/v1/organizations/{organizationId}/contacts", {
                params: { path: { organizationId }, header: once() },
                body: fields,
              }),
            );
            void queries.invalidateQueries({ queryKey: [organizationId, "contacts"] });
            await navigate({ to: "/contacts/$contactId", params: { contactId: contact.id } });
          }}
        />
      </Dialog>
    </>
  );
}
