"""How static files are named and compressed for production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names, so that browsers may keep a file for a year; imports between ES modules are hashed as well."""

    support_js_module_import_aggregation = True
