"""Forms as web frameworks pass them to the SDK's validator."""


class Form(dict):
    """Each name with all of its values."""

    def getlist(self, name):
        return self[name]

    @classmethod
    def of(cls, pairs):
        form = cls()
        for name, value in pairs:
            form.setdefault(name, []).append(value)
        return form
