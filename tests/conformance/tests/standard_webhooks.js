// Judges signed requests with the Standard Webhooks library for JavaScript.

const { Webhook, WebhookVerificationError } = require("standardwebhooks");

function isAccepted([headers, body, secret]) {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

const { right, changed } = JSON.parse(require("fs").readFileSync(0, "utf8"));
console.log(JSON.stringify([isAccepted(right), changed.filter(isAccepted).length]));
