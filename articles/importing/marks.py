"""What an import leaves in a draft for its author to see to. `articles.readiness` blocks publishing while it stands.

Each mark goes on with the picture's file name and ends with "]".
"""

# A paragraph in the text, where a picture stood that was not found.
MISSING_PICTURE = "[Picture missing: "
# The alternative text, in the library, of a picture that came without any.
UNDESCRIBED = "[To be described: "
