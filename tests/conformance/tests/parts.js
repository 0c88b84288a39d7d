// Says of each body how the segments calculator that Twilio publishes would send it.

const { SegmentedMessage } = require('sms-segments-calculator');

const bodies = JSON.parse(require('fs').readFileSync(0, 'utf8'));

const verdicts = bodies.map((body) => {
  const message = new SegmentedMessage(body);
  // The same packing, given the characters one by one, as a network cuts them.
  const characters = message._buildSegments(message._encodeChars(Array.from(body)));
  return {
    encoding: message.encodingName,
    count: message.segmentsCount,
    by_character: characters.length,
    clusters: message.graphemes,
  };
});

process.stdout.write(JSON.stringify(verdicts));
