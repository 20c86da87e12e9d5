"""What the law keeps stays: payslips before their end date, what is held; and no signature on a payslip."""

from alembic import op

revision = "0006_what_the_law_keeps"
down_revision = "0005_signatures_and_employees"
branch_labels = None
depends_on = None

# Code du travail, D3243-8: fifty years, or until the employee is 75; never less than the five years of L3243-4.
KEPT_UNTIL = """
CREATE FUNCTION payslip_kept_until(filed timestamptz, owner uuid) RETURNS date LANGUAGE sql STABLE AS $$
    SELECT greatest(
        (filed + interval '5 years')::date,
        least(
            (filed + interval '50 years')::date,
            (SELECT (birth_date + interval '75 years')::date FROM party WHERE id = owner)
        )
    )
$$
"""
# `least` and `greatest` leave NULL out: without a birth date it is fifty years.
REFUSAL = "USING ERRCODE = 'restrict_violation'"
DOCUMENT = f"""
CREATE FUNCTION document_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    is_payslip boolean := EXISTS (SELECT FROM folder WHERE id = OLD.folder_id AND document_class = 'payslip');
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF is_payslip AND (OLD.filed_at <> NEW.filed_at OR OLD.party_id <> NEW.party_id OR EXISTS (
            SELECT FROM folder WHERE id = NEW.folder_id AND document_class <> 'payslip'
        )) THEN
            RAISE EXCEPTION 'a payslip stays a payslip of its employee, filed when it was' {REFUSAL};
        END IF;
        RETURN NEW;
    END IF;
    IF is_payslip AND payslip_kept_until(OLD.filed_at, OLD.party_id) > current_date THEN
        RAISE EXCEPTION 'a payslip is kept until %', payslip_kept_until(OLD.filed_at, OLD.party_id) {REFUSAL};
    END IF;
    IF EXISTS (
        SELECT FROM retention_hold
        WHERE lifted_at IS NULL AND (document_id = OLD.id OR party_id = OLD.party_id)
    ) THEN
        RAISE EXCEPTION 'this document is held' {REFUSAL};
    END IF;
    RETURN OLD;
END $$
"""
VERSION = f"""
CREATE FUNCTION version_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    kept date;
BEGIN
    SELECT payslip_kept_until(document.filed_at, document.party_id) INTO kept
    FROM document JOIN folder ON folder.id = document.folder_id
    WHERE document.id = OLD.document_id AND folder.document_class = 'payslip';
    IF kept IS NULL THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'UPDATE' THEN
        IF OLD.sha256 <> NEW.sha256 OR OLD.document_id <> NEW.document_id THEN
            RAISE EXCEPTION 'the bytes of a payslip never change' {REFUSAL};
        END IF;
        RETURN NEW;
    END IF;
    IF kept > current_date THEN
        RAISE EXCEPTION 'a payslip is kept until %', kept {REFUSAL};
    END IF;
    RETURN OLD;
END $$
"""
WHOLE = f"""
CREATE FUNCTION payslips_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM document JOIN folder ON folder.id = document.folder_id WHERE folder.document_class = 'payslip'
    ) THEN
        RAISE EXCEPTION 'there are payslips here: % is never emptied', TG_TABLE_NAME {REFUSAL};
    END IF;
    RETURN NULL;
END $$
"""
FOLDER = f"""
CREATE FUNCTION payslip_folder_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.document_class = 'payslip' AND NEW.document_class <> 'payslip'
        AND EXISTS (SELECT FROM document WHERE folder_id = OLD.id) THEN
        RAISE EXCEPTION 'a folder of payslips stays one' {REFUSAL};
    END IF;
    RETURN NEW;
END $$
"""
BIRTH = f"""
CREATE FUNCTION birth_date_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.birth_date < OLD.birth_date THEN
        RAISE EXCEPTION 'an earlier birth date would shorten the time payslips are kept' {REFUSAL};
    END IF;
    RETURN NEW;
END $$
"""
UNSIGNED = f"""
CREATE FUNCTION payslip_exception_unsigned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(NEW.values ->> 'signature_side', '') <> '' AND EXISTS (
        SELECT FROM folder WHERE id = NEW.folder_id AND document_class = 'payslip'
    ) THEN
        RAISE EXCEPTION 'a payslip is received without any formality' {REFUSAL};
    END IF;
    RETURN NEW;
END $$
"""
ASKED = f"""
CREATE FUNCTION payslip_never_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM document JOIN folder ON folder.id = document.folder_id
        WHERE document.id = NEW.document_id AND folder.document_class = 'payslip'
    ) THEN
        RAISE EXCEPTION 'a payslip is received without any formality' {REFUSAL};
    END IF;
    RETURN NEW;
END $$
"""
CERTIFICATE = f"""
CREATE FUNCTION deletion_certificate_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A folder that goes leaves its certificates: only its id is taken off them.
    IF TG_OP = 'UPDATE' AND NEW.folder_id IS NULL
        AND (to_jsonb(NEW) - 'folder_id') = (to_jsonb(OLD) - 'folder_id') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a certificate never changes' {REFUSAL};
END $$
"""
TRIGGERS = (
    ("document", "document_kept", "BEFORE UPDATE OR DELETE", "ROW", "document_kept"),
    ("version", "version_kept", "BEFORE UPDATE OR DELETE", "ROW", "version_kept"),
    ("document", "document_whole", "BEFORE TRUNCATE", "STATEMENT", "payslips_whole"),
    ("version", "version_whole", "BEFORE TRUNCATE", "STATEMENT", "payslips_whole"),
    ("folder", "payslip_folder_stays", "BEFORE UPDATE OF document_class", "ROW", "payslip_folder_stays"),
    ("party", "birth_date_stands", "BEFORE UPDATE OF birth_date", "ROW", "birth_date_stands"),
    ("folder_exception", "payslip_unsigned", "BEFORE INSERT OR UPDATE", "ROW", "payslip_exception_unsigned"),
    (
        "signature_request",
        "payslip_never_asked",
        "BEFORE INSERT OR UPDATE OF document_id",
        "ROW",
        "payslip_never_asked",
    ),
    ("deletion_certificate", "certificate_stands", "BEFORE UPDATE OR DELETE", "ROW", "deletion_certificate_stands"),
)
FUNCTIONS = (KEPT_UNTIL, DOCUMENT, VERSION, WHOLE, FOLDER, BIRTH, UNSIGNED, ASKED, CERTIFICATE)


def upgrade() -> None:
    op.execute("UPDATE folder SET signature_side = NULL WHERE document_class = 'payslip'")
    op.create_check_constraint("payslip_unsigned", "folder", "document_class <> 'payslip' OR signature_side IS NULL")
    for function in FUNCTIONS:
        op.execute(function)
    for table, name, when, each, function in TRIGGERS:
        op.execute(f"CREATE TRIGGER {name} {when} ON {table} FOR EACH {each} EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    for table, name, *_rest in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}")
    for function in dict.fromkeys(function for *_rest, function in TRIGGERS):
        op.execute(f"DROP FUNCTION {function}()")
    op.execute("DROP FUNCTION payslip_kept_until(timestamptz, uuid)")
    op.drop_constraint("payslip_unsigned", "folder", type_="check")
