"""Descriptions of fields for people, and the JSON Schema of what is written.

A field is described where its type is: `Annotated[Count, described(en=..., id=...)]`. A type that
is described itself, such as Kejuruan, gives its description, unit and example to every field.
"""

from typing import Any

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

INDONESIAN = "x-description-id"
UNIT = "x-unit"
# UCUM's unit of a plain number, such as of persons or things that are counted.
PIECES = "1"


_PROSE = ("description", "examples", INDONESIAN, UNIT)


def described(
    *, en: str | None = None, id: str | None = None, unit: str | None = None, example: object = None
) -> FieldInfo:
    """Describe a field in English and Indonesian, with its unit if it is a number, and an example.

    What is left out stays as the field's type says it. Units
    are UCUM's codes, or ISO 4217's for money.
    """
    extra = {key: value for key, value in ((INDONESIAN, id), (UNIT, unit)) if value is not None}
    told: dict[str, Any] = {"description": en, "json_schema_extra": extra or None}
    if example is not None:
        told["examples"] = [example]
    found = Field(**{key: value for key, value in told.items() if value is not None})
    assert isinstance(found, FieldInfo)  # noqa: S101 - Field without a default gives one
    return found


class Written(GenerateJsonSchema):
    """JSON Schema of models whose absent fields are left out when they are written, never null.

    In serialization mode a field whose default is None is optional and not nullable, every other
    field is there, and later versions may add fields.
    """

    def writes(self) -> bool:
        """Tell whether the schema is of what is written, not of what is read."""
        return self.mode == "serialization"

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = schema["schema"]
        if self.writes() and inner["type"] == "nullable" and schema.get("default", ...) is None:
            return self.generate_inner(inner["schema"])
        return super().default_schema(schema)

    def field_is_required(
        self,
        field: core_schema.ModelField | core_schema.DataclassField | core_schema.TypedDictField,
        total: bool,
    ) -> bool:
        inner = field["schema"]
        if self.mode == "serialization" and inner["type"] == "default":
            return inner.get("default", ...) is not None
        return super().field_is_required(field, total)

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        made = super().nullable_schema(schema)
        # What describes the field is looked for at the field, not at one of its alternatives.
        for each in made.get("anyOf", ()):
            told = {key: each.pop(key) for key in _PROSE if key in each}
            made = {**made, **told}
        return made

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        if self.writes() and made.get("additionalProperties") is False:
            del made["additionalProperties"]
        return made
