-- One spelling for the many of a supplier's name: folded, punctuation as blanks, the company's legal form dropped.
-- Null when nothing is left. Touches nothing. Called by regra_pendente_verificacao.conhecer_grafias,
-- entradas_pendencia and the rules.
create or replace function regras.nome_canonico(nome text) returns text
language sql immutable parallel safe
return nullif(pg_catalog.btrim(pg_catalog.regexp_replace(
  pg_catalog.regexp_replace(audit_interno.dobrar(pg_catalog.left(nome, 200)), '[[:space:][:punct:]]+', ' ', 'g'),
  '( (ltda|me|epp|mei|eireli|s ?a|s ?s|cia|ltd|limited|plc|llp|llc|inc|gmbh|co|the))+ ?$', '')), '');

comment on function regras.nome_canonico(text) is
  'Supplier name folded, without punctuation and legal form; null when nothing is left.';
revoke execute on function regras.nome_canonico(text) from public;
