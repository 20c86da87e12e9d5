"""Imports every noun, so that Alembic and the mappers know them all."""

import shared.access.address_models
import shared.access.bulk_models
import shared.access.models
import shared.access.phone_models
import shared.deposits.models
import shared.documents.comparison_models
import shared.documents.models
import shared.engines.models
import shared.events.models
import shared.hooks.models
import shared.intake.api_models
import shared.intake.models
import shared.intake.payslip_models
import shared.notifications.delivery_models
import shared.notifications.models
import shared.notifications.rule_models
import shared.people.models
import shared.people.party_models
import shared.people.rights_models
import shared.records.models
import shared.records.money_models
import shared.records.remark_models
import shared.retention.models
import shared.settings.models
import shared.signatures.authority_models
import shared.signatures.batch_models
import shared.signatures.code_models
import shared.signatures.drawing_models
import shared.signatures.models
import shared.todos.models  # noqa: F401
