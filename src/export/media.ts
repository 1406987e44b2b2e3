// For code that serves files, without what reads and writes them.

export const XLSX_MIME = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** The most bytes that are read of a spreadsheet. */
export const MOST_FILE_BYTES = 10_000_000
