"""The published model of AWS End User Messaging SMS, as included in botocore."""

import re

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

SERVICE = "pinpoint-sms-voice-v2"
DESCRIPTION = Loader().load_service_model(SERVICE, "service-2")
MODEL = ServiceModel(DESCRIPTION, SERVICE)
OPERATION = MODEL.operation_model("SendTextMessage")


def enum(shape):
    return MODEL.shape_for(shape).metadata["enum"]


def is_fault(exception):
    return DESCRIPTION["shapes"][exception].get("fault", False)


def problems(value, shape=OPERATION.input_shape):
    """What is wrong with a value, according to the model.

    botocore's validator checks types, required members and minimum lengths. It leaves the model's other
    constraints to the service, so they are checked here.
    """
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        return [report.generate_report()]
    return list(_broken(value, shape, shape.name))


def _broken(value, shape, path):
    if shape.type_name == "structure":
        for name, member in value.items():
            yield from _broken(member, shape.members[name], f"{path}.{name}")
    elif shape.type_name == "map":
        yield from _range(len(value), shape, path)
        for key, member in value.items():
            yield from _broken(key, shape.key, f"{path}.{key}, the key")
            yield from _broken(member, shape.value, f"{path}.{key}")
    elif shape.type_name == "list":
        yield from _range(len(value), shape, path)
        for place, member in enumerate(value):
            yield from _broken(member, shape.member, f"{path}[{place}]")
    elif shape.type_name == "string":
        yield from _range(len(value), shape, path)
        pattern = shape.metadata.get("pattern")
        if pattern and not re.fullmatch(pattern, value, re.ASCII):
            yield f"{path}: {value!r} does not match {pattern}"
        if value not in shape.metadata.get("enum", [value]):
            yield f"{path}: {value!r} is not among the values"
    elif shape.type_name in ("integer", "long"):
        yield from _range(value, shape, path)


def _range(size, shape, path):
    least, most = (shape.metadata.get(bound, size) for bound in ("min", "max"))
    if not least <= size <= most:
        yield f"{path}: {size} is not from {least} to {most}"
