"""Writes phones of every region and number type in many formats, and prints how `phonenumbers` reads
them. The seed decides which.

`phonenumbers` is a port of libphonenumber to Python, in the version with the same metadata as ours.
"""

import json
import random
import sys

import phonenumbers as plan
from phonenumbers import PhoneNumberFormat as Format
from phonenumbers import PhoneNumberType as Type

TYPES = [
    Type.FIXED_LINE, Type.MOBILE, Type.FIXED_LINE_OR_MOBILE, Type.TOLL_FREE, Type.PREMIUM_RATE,
    Type.SHARED_COST, Type.PERSONAL_NUMBER, Type.VOIP, Type.PAGER, Type.UAN, Type.VOICEMAIL,
]
FORMATS = [Format.E164, Format.INTERNATIONAL, Format.NATIONAL, Format.RFC3966]
EXTENSIONS = [" ext. 12", " x12", ";ext=12", " #12", " доб. 12", "~12"]
DIGITS = ["０１２３４５６７８９", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]


def numbers(chance, region):
    """Examples of every type, and the same with other digits, many of which are invalid."""
    examples = [plan.example_number_for_type(region, kind) for kind in TYPES]
    for example in filter(None, examples):
        national = plan.national_significant_number(example)
        yield example.country_code, national
        for _ in range(5):
            changed = list(national)
            for _ in range(chance.randint(1, 4)):
                changed[chance.randrange(len(changed))] = chance.choice("0123456789")
            yield example.country_code, "".join(changed)
        yield example.country_code, national[:-1]
        yield example.country_code, national + chance.choice("0123456789")


def spellings(chance, region, code, national):
    """The number as people in the region and elsewhere write it."""
    elsewhere = chance.choice(sorted(plan.SUPPORTED_REGIONS))
    yield f"+{code}{national}", elsewhere
    yield national, region
    yield f"{code}{national}", region
    yield f"+{code} " + " ".join(national[i:i + 2] for i in range(0, len(national), 2)), region
    yield f"{national[:3]}-{national[3:6]}.{national[6:]}", region
    try:
        number = plan.parse(f"+{code}{national}")
    except plan.NumberParseException:
        return
    for form in FORMATS:
        yield plan.format_number(number, form), region
    yield plan.format_out_of_country_calling_number(number, elsewhere), elsewhere
    text = plan.format_number(number, Format.NATIONAL)
    yield text + chance.choice(EXTENSIONS), region
    digits = chance.choice(DIGITS)
    yield "".join(digits[int(c)] if c in "0123456789" else c for c in text), region


def verdict(written, region):
    try:
        number = plan.parse(written, region)
    except plan.NumberParseException:
        return None
    if not plan.is_valid_number(number):
        return None
    return plan.format_number(number, Format.E164), number.extension


def main():
    chance = random.Random(json.load(sys.stdin)["seed"])
    cases = {}
    for region in sorted(plan.SUPPORTED_REGIONS):
        for code, national in numbers(chance, region):
            for case in spellings(chance, region, code, national):
                cases.setdefault(case, None)
    answer = []
    for written, region in cases:
        read = verdict(written, region)
        answer.append([written, region, read and read[0], bool(read and read[1])])
    json.dump(answer, sys.stdout)


main()
