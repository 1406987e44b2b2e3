// The parts of an XLSX package around its rows, by ECMA-376.

/** `either` holds a number after a `#`, or text after a `"`. */
export type CellKind = 'integer' | 'percent' | 'amount' | 'time' | 'text' | 'either'

export interface SheetColumn {
  readonly title: string
  /** In characters. */
  readonly width: number
  readonly kind: CellKind
}

/** The choices for the cells of one column. */
export interface SheetChoice {
  /** Letter of the column. */
  readonly column: string
  readonly values: readonly string[]
  readonly title: string
  readonly prompt: string
  /** Shown when something else is typed. */
  readonly error: string
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const LINKS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006'
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** The default for XML is a sheet, so this part can be written first, before the number of sheets is known. */
export const contentTypes = `${XML}<Types xmlns="${PACKAGE}/content-types">\
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>\
<Default Extension="xml" ContentType="${TYPE}.worksheet+xml"/>\
<Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/>\
<Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/></Types>`

export const packageLinks = `${XML}<Relationships xmlns="${PACKAGE}/relationships">\
<Relationship Id="rId1" Type="${LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>`

export function workbookLinks(sheets: number): string {
  const links = Array.from(
    { length: sheets },
    (_, i) =>
      `<Relationship Id="rId${i + 1}" Type="${LINKS}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
  )
  return `${XML}<Relationships xmlns="${PACKAGE}/relationships">${links.join('')}\
<Relationship Id="rId${sheets + 1}" Type="${LINKS}/styles" Target="styles.xml"/></Relationships>`
}

/** @param lengths rows of each sheet, its heading among them */
export function workbookXml(name: string, lengths: readonly number[], columns: number): string {
  const titles = lengths.map((_, i) => escapeAttribute(i === 0 ? name : `${name} ${i + 1}`))
  const sheets = titles.map((title, i) => `<sheet name="${title}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
  const last = String.fromCharCode(64 + columns)
  const filters = lengths.map(
    (length, i) =>
      `<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">\
'${titles[i]}'!$A$1:$${last}$${length}</definedName>`,
  )
  const headings = titles.map(
    (title, i) => `<definedName name="_xlnm.Print_Titles" localSheetId="${i}">'${title}'!$1:$1</definedName>`,
  )
  return `${XML}<workbook xmlns="${MAIN}" xmlns:r="${LINKS}"><sheets>${sheets.join('')}</sheets>\
<definedNames>${filters.join('')}${headings.join('')}</definedNames></workbook>`
}

/** In the order of STYLE; the first is for cells without one. */
export function styles(timeFormat: string): string {
  return `${XML}<styleSheet xmlns="${MAIN}">\
<numFmts count="1"><numFmt numFmtId="164" formatCode="${escapeAttribute(timeFormat)}"/></numFmts>\
<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>\
<font><b/><sz val="11"/><color rgb="FFFFFFFF"/><name val="Calibri"/></font></fonts>\
<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>\
<fill><patternFill patternType="solid"><fgColor rgb="FF1F4E5F"/><bgColor indexed="64"/></patternFill></fill></fills>\
<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>\
<cellXfs count="7">${xf(0)}\
<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1" applyAlignment="1">\
<alignment vertical="center"/></xf>\
${xf(1)}${xf(10)}${xf(4)}${xf(164)}${xf(0, ' quotePrefix="1"')}</cellXfs>\
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

const xf = (format: number, more = '') =>
  `<xf numFmtId="${format}" fontId="0" fillId="0" borderId="0" xfId="0"${format === 0 ? '' : ' applyNumberFormat="1"'}${more}/>`

/** The heading and the first `fixed` columns stay in sight while the rest scrolls. */
export function sheetHead(columns: readonly SheetColumn[], fixed: number): string {
  const widths = columns.map(
    ({ width }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  )
  return `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0">\
<pane ${fixed > 0 ? `xSplit="${fixed}" ` : ''}ySplit="1" topLeftCell="${String.fromCharCode(65 + fixed)}2" \
activePane="${fixed > 0 ? 'bottomRight' : 'bottomLeft'}" state="frozen"/></sheetView></sheetViews>\
<cols>${widths.join('')}</cols><sheetData>`
}

export function sheetTail(lastColumn: string, lastRow: number, choice?: SheetChoice): string {
  return `</sheetData><autoFilter ref="A1:${lastColumn}${lastRow}"/>${choice && lastRow > 1 ? validation(choice, lastRow) : ''}</worksheet>`
}

function validation({ column, values, title, prompt, error }: SheetChoice, lastRow: number): string {
  return `<dataValidations count="1"><dataValidation type="list" allowBlank="1" showInputMessage="1" showErrorMessage="1" \
errorTitle="${escapeAttribute(title)}" error="${escapeAttribute(error)}" promptTitle="${escapeAttribute(title)}" \
prompt="${escapeAttribute(prompt)}" sqref="${column}2:${column}${lastRow}">\
<formula1>"${values.join(',')}"</formula1></dataValidation></dataValidations>`
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
