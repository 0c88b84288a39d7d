/** The routes of the console. A screen is loaded when it is first opened. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { consolePath } from "./api/place";
import { FILTERS, SKIPS } from "./lib/campaign";
import {
  type CampaignsSearch,
  type ContactsSearch,
  day,
  type MessagesSearch,
  oneOf,
  type PinpointSearch,
  paged,
  positive,
  REASONS,
  type RepliesSearch,
  type ReportsSearch,
  type Search,
  type SkippedSearch,
  STATUSES,
  text,
  time,
  type UnsubscribesSearch,
} from "./lib/search";
import { Home } from "./screens/Home";
import { Crashed, NotFound, Root } from "./shell/Root";

const root = createRootRoute({ component: Root, notFoundComponent: NotFound, errorComponent: Crashed });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  // Most visits begin here.
  component: Home,
});

const campaigns = createRoute({
  getParentRoute: () => root,
  path: "/campaigns",
  validateSearch: (search: Search): CampaignsSearch => ({
    show: oneOf([...FILTERS, "archived"] as const, search.show),
    tag: text(search.tag),
    q: text(search.q),
  }),
  component: lazyRouteComponent(() => import("./screens/Campaigns"), "Campaigns"),
});

const campaign = createRoute({
  getParentRoute: () => root,
  path: "/campaigns/$campaignId",
  component: lazyRouteComponent(() => import("./screens/CampaignPage"), "CampaignPage"),
});

const check = createRoute({
  getParentRoute: () => root,
  path: "/campaigns/$campaignId/check",
  component: lazyRouteComponent(() => import("./screens/Check"), "Check"),
});

const messages = createRoute({
  getParentRoute: () => root,
  path: "/campaigns/$campaignId/messages",
  validateSearch: (search: Search): MessagesSearch => ({
    status: oneOf(STATUSES, search.status),
    kind: oneOf(["test"] as const, search.kind),
    reason: oneOf(REASONS, search.reason),
    code: text(search.code),
    country: text(search.country),
    updatedSince: time(search.updatedSince),
    updatedBefore: time(search.updatedBefore),
    phone: text(search.phone),
    cursor: text(search.cursor),
  }),
  component: lazyRouteComponent(() => import("./screens/Messages"), "Messages"),
});

const message = createRoute({
  getParentRoute: () => root,
  path: "/campaigns/$campaignId/messages/$messageId",
  component: lazyRouteComponent(() => import("./screens/MessagePage"), "MessagePage"),
});

const skipped = createRoute({
  getParentRoute: () => root,
  path: "/campaigns/$campaignId/skipped",
  validateSearch: (search: Search): SkippedSearch => ({
    ...paged(search),
    reason: oneOf(SKIPS, search.reason),
  }),
  component: lazyRouteComponent(() => import("./screens/Skipped"), "Skipped"),
});

const contacts = createRoute({
  getParentRoute: () => root,
  path: "/contacts",
  validateSearch: (search: Search): ContactsSearch => ({
    ...paged(search),
    q: text(search.q),
    tag: text(search.tag),
    segment: text(search.segment),
    status: oneOf(["active", "inactive"] as const, search.status),
  }),
  component: lazyRouteComponent(() => import("./screens/Contacts"), "Contacts"),
});

const contact = createRoute({
  getParentRoute: () => root,
  path: "/contacts/$contactId",
  validateSearch: paged,
  component: lazyRouteComponent(() => import("./screens/ContactPage"), "ContactPage"),
});

const person = createRoute({
  getParentRoute: () => root,
  path: "/people/$phone",
  validateSearch: paged,
  component: lazyRouteComponent(() => import("./screens/PersonPage"), "PersonPage"),
});

const segments = createRoute({
  getParentRoute: () => root,
  path: "/segments",
  component: lazyRouteComponent(() => import("./screens/Segments"), "Segments"),
});

const segment = createRoute({
  getParentRoute: () => root,
  path: "/segments/$segmentId",
  component: lazyRouteComponent(() => import("./screens/SegmentPage"), "SegmentPage"),
});

const templates = createRoute({
  getParentRoute: () => root,
  path: "/templates",
  component: lazyRouteComponent(() => import("./screens/Templates"), "Templates"),
});

const template = createRoute({
  getParentRoute: () => root,
  path: "/templates/$templateId",
  validateSearch: (search: Search): { version?: number | undefined } => ({
    version: positive(search.version),
  }),
  component: lazyRouteComponent(() => import("./screens/TemplatePage"), "TemplatePage"),
});

const imports = createRoute({
  getParentRoute: () => root,
  path: "/imports",
  validateSearch: paged,
  component: lazyRouteComponent(() => import("./screens/Imports"), "Imports"),
});

const pinpoint = createRoute({
  getParentRoute: () => root,
  path: "/imports/pinpoint",
  validateSearch: (search: Search): PinpointSearch => ({
    lists: text(search.lists),
    endpoints: text(search.endpoints),
    rest: oneOf([true] as const, search.rest),
  }),
  component: lazyRouteComponent(() => import("./screens/Pinpoint"), "Pinpoint"),
});

const importPage = createRoute({
  getParentRoute: () => root,
  path: "/imports/$importId",
  component: lazyRouteComponent(() => import("./screens/ImportPage"), "ImportPage"),
});

const exports = createRoute({
  getParentRoute: () => root,
  path: "/exports",
  validateSearch: paged,
  component: lazyRouteComponent(() => import("./screens/Exports"), "Exports"),
});

const unsubscribes = createRoute({
  getParentRoute: () => root,
  path: "/unsubscribes",
  validateSearch: (search: Search): UnsubscribesSearch => ({
    ...paged(search),
    phone: text(search.phone),
    campaign: text(search.campaign),
  }),
  component: lazyRouteComponent(() => import("./screens/Unsubscribes"), "Unsubscribes"),
});

const replies = createRoute({
  getParentRoute: () => root,
  path: "/replies",
  validateSearch: (search: Search): RepliesSearch => ({
    ...paged(search),
    phone: text(search.phone),
    campaign: text(search.campaign),
    open: oneOf([true] as const, search.open),
  }),
  component: lazyRouteComponent(() => import("./screens/Replies"), "Replies"),
});

const reply = createRoute({
  getParentRoute: () => root,
  path: "/replies/$inboundId",
  component: lazyRouteComponent(() => import("./screens/ReplyPage"), "ReplyPage"),
});

const reports = createRoute({
  getParentRoute: () => root,
  path: "/reports",
  validateSearch: (search: Search): ReportsSearch => ({
    days: positive(search.days),
    from: day(search.from),
    to: day(search.to),
  }),
  component: lazyRouteComponent(() => import("./screens/Reports"), "Reports"),
});

const senders = createRoute({
  getParentRoute: () => root,
  path: "/senders",
  component: lazyRouteComponent(() => import("./screens/Senders"), "Senders"),
});

export const SECTIONS = [
  "organization",
  "prices",
  "keywords",
  "members",
  "keys",
  "webhooks",
  "audit",
] as const;

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  validateSearch: (search: Search) => ({ ...paged(search), section: oneOf(SECTIONS, search.section) }),
  component: lazyRouteComponent(() => import("./screens/Settings"), "Settings"),
});

const webhook = createRoute({
  getParentRoute: () => root,
  path: "/webhooks/$webhookId",
  validateSearch: paged,
  component: lazyRouteComponent(() => import("./screens/WebhookPage"), "WebhookPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    campaigns,
    campaign,
    check,
    messages,
    message,
    skipped,
    reports,
    contacts,
    contact,
    person,
    segments,
    segment,
    templates,
    template,
    imports,
    pinpoint,
    importPage,
    exports,
    unsubscribes,
    replies,
    reply,
    senders,
    settings,
    webhook,
  ]),
  basepath: consolePath || "/",
  defaultPreload: "intent",
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
