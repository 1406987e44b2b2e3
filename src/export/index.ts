export { type AuditedExport, auditExport, type ExportRecord } from './audited.ts'
export { DIALECTS, type Dialect } from './csv.ts'
export { type DecisionSheet, readDecisions } from './decisions.ts'
export type { FindingsFilter } from './filter.ts'
export {
  type ExportFormat,
  type ExportOptions,
  exportFindings,
  type FindingsExport,
  FORMATS,
} from './findings.ts'
export { type InTransaction, inTransaction } from './read.ts'
export { SheetError } from './sheet-error.ts'
