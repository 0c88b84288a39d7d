"""Prints the members of the enumerations that the providers publish for events and statuses.

AWS's come from botocore's model of the service, Twilio's from its SDK and its description.
"""

import json
import sys


def event_types():
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    description = Loader().load_service_model("pinpoint-sms-voice-v2", "service-2")
    return ServiceModel(description).shape_for("EventType").enum


def message_statuses():
    import os
    from pathlib import Path

    from twilio.rest.api.v2010.account.message import MessageInstance

    members = vars(MessageInstance.Status).items()
    of_sdk = {value for name, value in members if not name.startswith("_")}
    path = "@twilio/cli-core/src/services/twilio-api/twilio_api_v2010.json"
    description = json.loads((Path(os.environ["NODE_PATH"]) / path).read_text())
    of_description = set(description["components"]["schemas"]["message_enum_status"]["enum"])
    return sorted(of_sdk | of_description)


json.dump({"aws": event_types, "twilio": message_statuses}[json.load(sys.stdin)](), sys.stdout)
