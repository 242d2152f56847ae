"""An index for searches: a word that is looked for anywhere in a line is found by its pieces of two letters."""

from django.db import migrations

# Whoever changes this changes stores.values.searching.pieces as well.
PIECES = """
CREATE FUNCTION stores_pieces(line text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
    found text[] := '{}';
    former text := ' ';
    letter text;
BEGIN
    FOREACH letter IN ARRAY string_to_array(line, NULL) LOOP
        IF letter <> ' ' THEN
            IF former <> ' ' THEN
                found := found || (former || letter);
            END IF;
            IF octet_length(letter) > 1 THEN
                found := found || letter;
            END IF;
        END IF;
        former := letter;
    END LOOP;
    RETURN found;
END $$;
CREATE INDEX stores_storesearch_pieces ON stores_storesearch USING gin (stores_pieces(text));
ANALYZE stores_storesearch;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("stores", "0016_names_in_answers_move_versions"),
    ]

    operations = [
        migrations.RunSQL(PIECES, "DROP FUNCTION stores_pieces(text) CASCADE"),
    ]
