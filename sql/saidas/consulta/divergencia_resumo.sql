-- A field of the finding: the entry that it is about, in the terms by which a person knows it.
create or replace function audit.divergencia_resumo(divergencia audit.divergencias_processadas)
returns jsonb
language sql
stable parallel safe
as $$
  select r.resumo from audit.vw_resumos r where r.divergencia_id = (divergencia).id
$$;
comment on function audit.divergencia_resumo(audit.divergencias_processadas) is
  'The columns by which a person recognises the entry (supplier, document, date, …: audit.regras.colunas_resumo), as the row held them when it was last found. Null if the rule registers none, or for a reader while the setting resumo.leitores is false.';
grant execute on function audit.divergencia_resumo(audit.divergencias_processadas) to conferente_leitor;
