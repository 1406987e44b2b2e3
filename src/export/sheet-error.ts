/** What is wrong with a file; a key of `planilha.problem` in the catalogue. */
export type SheetProblem =
  | 'notXlsx'
  | 'locked'
  | 'damaged'
  | 'tooLarge'
  | 'noSheet'
  | 'twoSheets'
  | 'missing'
  | 'twice'
  | 'tooMany'

/** A file that cannot be taken as a sheet of decisions. */
export class SheetError extends Error {
  readonly problem: SheetProblem
  /** Columns, or a number of lines. */
  readonly what: string

  constructor(problem: SheetProblem, { what = '', cause }: { what?: string; cause?: unknown } = {}) {
    super(what === '' ? problem : `${problem}: ${what}`, { cause })
    this.problem = problem
    this.what = what
  }
}
