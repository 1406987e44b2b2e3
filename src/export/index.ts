export { type AuditedExport, auditExport, auditTrail, type ExportRecord } from './audited.ts'
export { DIALECTS, type Dialect } from './csv.ts'
export { type DecisionSheet, readDecisions } from './decisions.ts'
export type { FindingsFilter } from './filter.ts'
export {
  type ExportFormat,
  type ExportOptions,
  exportFindings,
  FORMATS,
} from './findings.ts'
export { type Exported, type InTransaction, inTransaction } from './read.ts'
export { SheetError } from './sheet-error.ts'
