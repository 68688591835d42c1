/**
 * Which test carries which requirement.
 *
 * @module
 */

export { capabilities } from "./capabilities.ts";
export { checkConformance, writeConformance } from "./conformance.ts";
export type { ConformanceOutcome } from "./conformance.ts";
export { formatConformanceDocument } from "./conformance-document.ts";
export { findCoverage, listUntested } from "./coverage.ts";
export type { Coverage, ProvingTest, UnknownId } from "./coverage.ts";
export { findLineDifferences, isSameText } from "./line-differences.ts";
export { formatPlainText } from "./markdown.ts";
export { parseTitleIds } from "./requirement-ids.ts";
export { requirementCatalogue } from "./requirements/catalogue.ts";
export type { Requirement, RequirementSection, Strength } from "./requirements/requirement.ts";
export { formatRequirementsDocument } from "./requirements-document.ts";
export { parseTestReport } from "./test-report.ts";
