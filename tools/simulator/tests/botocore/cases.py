"""Requests to the simulator, and the expected responses."""

PHONE = "+14153550199"
# The fate, the modeled exception, its reason, and the field that it complains about.
REFUSALS = [
    ("refused-21610", "ConflictException", "DESTINATION_PHONE_NUMBER_OPTED_OUT", None),
    ("refused-21211", "ValidationException", "INVALID_PARAMETER", "DestinationPhoneNumber"),
    ("refused-21614", "ValidationException", "INVALID_PARAMETER", "DestinationPhoneNumber"),
    ("refused-99999", "ValidationException", "OTHER", None),
    ("throttled", "ThrottlingException", None, None),
    ("queue-full", "ThrottlingException", None, None),
    ("spend-limit", "ServiceQuotaExceededException", "MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", None),
    ("account-disabled", "AccessDeniedException", "ACCOUNT_DISABLED", None),
    ("error", "InternalServerException", None, None),
    ("error-after-accepting", "InternalServerException", None, None),
]
# Requests that botocore accepts and the service refuses: those that violate the model's constraints,
# and those that do not.
BROKEN = [
    {"DestinationPhoneNumber": "+04153550199"},
    {"OriginationIdentity": "My Shop"},
    {"MessageBody": " "},
    {"MessageBody": "a" * 1601},
    {"MessageType": "SPAM"},
    {"ConfigurationSetName": "a b"},
    {"TimeToLive": 259201},
    {"MaxPrice": "0,05"},
    {"Context": {str(n): "v" for n in range(6)}},
    {"Context": {"k": "v "}},
    {"Keyword": "a\tb"},
    {"DestinationCountryParameters": {"US": "1"}},
    {"ProtectConfigurationId": "a b"},
]
UNFIT = [
    ({"DestinationPhoneNumber": "+415"}, "INVALID_PARAMETER"),
    ({"MessageBody": "a" * 1531}, "MAXIMUM_SIZE_EXCEEDED"),
    ({"MessageBody": "\u0436" * 631}, "MAXIMUM_SIZE_EXCEEDED"),
    ({"MaxPrice": "0.00100"}, "PRICE_OVER_THRESHOLD"),
]
FITTING = [
    {},
    {"DestinationPhoneNumber": "14153550199"},
    {"OriginationIdentity": "arn:aws:sms-voice:us-east-1:123456789012:pool/pool-1"},
    {"MessageBody": " a\n"},
    {"TimeToLive": 5},
    {"TimeToLive": 259200},
    {"MaxPrice": "1.00000"},
    {"MaxPrice": ".5"},
    {"Context": {str(n): "v" * 800 for n in range(5)}},
    {"Keyword": "MY WORD"},
    {"DestinationCountryParameters": {"IN_ENTITY_ID": "1"}},
    {"MessageFeedbackEnabled": True},
    {"DryRun": True},
]
