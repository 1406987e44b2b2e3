/** Lives that once went wrong, shrunk, as the test printed them. */
export const KEPT: Readonly<Record<string, string>> = {
  'a correction is brought back, and called wrong by that': `
    ["session",{"mode":"auto","rules":["rotulo"],"window":"all","simulate":false,"dies":null}],
    ["rollBack",{"who":"ana","pick":0,"many":1,"dies":null,"what":"session","wrong":false}],
    ["rollBack",{"who":"ana","pick":0,"many":1,"dies":null,"what":"operation","wrong":true}]`,
  'six approvals by one connection while a month is closed, of a rule without a branch': `
    ["month",{"month":3,"close":true}],
    ["session",{"mode":"manual","rules":["importe"],"window":0,"simulate":false,"dies":null}],
    ${Array.from({ length: 7 }, () => '["approve",{"who":"ana","pick":0,"many":1,"dies":null}]').join(',')}`,
  'an error comes back from outside, and a correction of another rule that does not hold writes over it': `
    ["session",{"mode":"auto","rules":["rotulo","duvida"],"window":"all","simulate":false,"dies":null}],
    ["edit",{"row":3,"many":20,"set":"categoria = 'DUVIDA'","loads":false}],
    ["approve",{"who":"ana","pick":0,"many":40,"dies":null}],
    ["session",{"mode":"manual","rules":["rotulo"],"window":"all","simulate":false,"dies":null}],
    ["edit",{"row":59,"many":20,"set":"categoria = 'DUVIDA'","loads":true}],
    ["approve",{"who":"ana","pick":0,"many":40,"dies":null}],
    ["session",{"mode":"manual","rules":["rotulo"],"window":"all","simulate":false,"dies":null}],
    ["approve",{"who":"ana","pick":16,"many":6,"dies":null}],
    ["session",{"mode":"manual","rules":["rotulo","duvida"],"window":"all","simulate":false,"dies":null}]`,
  'people approve what a session finds again, while it waits': `
    ["setting",{"setting":["aprovacao.valor_dupla",100]}],
    ["session",{"mode":"manual","rules":null,"window":"all","simulate":false,"dies":null}],
    ["load",{"row":23,"many":20,"how":"other"}],
    ["approve",{"who":"bruno","pick":0,"many":40,"dies":null}],
    ["request",{"mode":"auto","rules":["rotulo","duvida"],"window":0}],
    ["work",{"worker":1,"stop":"status","dies":false}],
    ["approve",{"who":"bruno","pick":8,"many":40,"dies":null}]`,
  'one person approves while the amount is small, and it is large again when found again': `
    ["session",{"mode":"manual","rules":["importe"],"window":"all","simulate":false,"dies":null}],
    ["type",{"who":"bruno","pick":20,"value":12.34}],
    ["approve",{"who":"ana","pick":36,"many":40,"dies":null}],
    ["setting",{"setting":["limites.linhas",3]}],
    ["session",{"mode":"auto","rules":["rotulo"],"window":"all","simulate":false,"dies":null}],
    ["answer",{"who":"ana","pick":28,"many":6,"how":"rejeitar"}],
    ["session",{"mode":"manual","rules":null,"window":"all","simulate":false,"dies":null}],
    ["approve",{"who":"bruno","pick":34,"many":40,"dies":null}],
    ["rollBack",{"who":"ana","pick":1,"many":3,"dies":null,"what":"operation","wrong":false}],
    ["type",{"who":"bruno","pick":36,"value":"NOVA"}],
    ["undo",{"who":"bruno","pick":1}],
    ["session",{"mode":"manual","rules":null,"window":"all","simulate":false,"dies":null}]`,
}
