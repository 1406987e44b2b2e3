// For what serves files, without what reads and writes them.

export const XLSX_MIME = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** What is read of a spreadsheet at most. */
export const MOST_FILE_BYTES = 10_000_000
