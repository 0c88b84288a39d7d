// Prints how the segment calculator that Twilio publishes would send each body.

const { SegmentedMessage } = require('sms-segments-calculator');

const bodies = JSON.parse(require('fs').readFileSync(0, 'utf8'));

const verdicts = bodies.map((body) => {
  const message = new SegmentedMessage(body);
  // The same packing, but with single characters, as a network cuts them.
  const characters = message._buildSegments(message._encodeChars(Array.from(body)));
  return {
    encoding: message.encodingName,
    count: message.segmentsCount,
    by_character: characters.length,
    clusters: message.graphemes,
  };
});

process.stdout.write(JSON.stringify(verdicts));
