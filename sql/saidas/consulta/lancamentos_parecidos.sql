-- The entries of the ledger most similar to the one behind a finding, one by one: what a reviewer would look up for comparison. Only for
-- findings on dw.lancamentos, whose columns are known. Shown to those who may see the row itself (audit.ver_registro), with the columns
-- that conferente_regra may read. Called by the review page and in psql.
create or replace function audit.lancamentos_parecidos(divergencia_id bigint, limite integer default 8)
returns table (
  registro_id text, data_lancamento date, fornecedor text, documento text, descricao text, valor numeric, categoria text,
  mesma_empresa boolean, mesmas_palavras text[]
)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_divergencia audit.divergencias_processadas;
  v_relacao regclass;
  v_chave text;
  v_lancamento text[];
begin
  select * into v_divergencia from audit.divergencias_processadas d where d.id = lancamentos_parecidos.divergencia_id;
  if not found then
    raise exception using errcode = 'NC004',
      message = format('divergência desconhecida: %s', coalesce(lancamentos_parecidos.divergencia_id::text, 'nula'));
  end if;
  v_relacao := audit_interno.relacao(v_divergencia.tabela);
  if v_relacao is distinct from audit_interno.relacao('dw.lancamentos') or v_relacao is null then
    return;
  end if;
  v_chave := audit_interno.tipo_coluna(v_relacao, 'id');
  if v_chave is null then
    return;
  end if;
  -- in two steps: a query of one row runs on that row's node, where the other rows are not
  select l.dito into v_lancamento
  from audit_interno.ler(format(
    'select array[l.data_lancamento::date::text, l.fornecedor_id::text, l.fornecedor::text, l.descricao::text] from dw.lancamentos l where l.id = $2[1]::%s', v_chave),
    null, array[v_divergencia.registro_id]) as l (dito text[]);
  if not found then
    return;
  end if;
  return query
  select p.registro_id, p.data_lancamento, p.fornecedor, p.documento, p.descricao, p.valor, p.categoria, p.mesma_empresa, p.mesmas_palavras
  from audit_interno.ler('select p.* from regras.lancamentos_parecidos($2[1], $2[2]::date, $2[3], $2[4], $2[5], $2[6]::int) p',
    null, array[v_divergencia.registro_id] || v_lancamento || coalesce(lancamentos_parecidos.limite, 8)::text) as p (registro_id text, data_lancamento date,
      fornecedor text, documento text, descricao text, valor numeric, categoria text, mesma_empresa boolean, mesmas_palavras text[]);
exception
  when insufficient_privilege or undefined_column then
    raise exception using errcode = 'NC010', message = format('o data warehouse não pôde ser lido: %s', v_divergencia.tabela),
      hint = 'Veja linha por linha o que falta: select * from audit.diagnosticar_contrato(); ou conferente diagnostico.';
end
$$;
comment on function audit.lancamentos_parecidos(bigint, integer) is
  'Entries of dw.lancamentos most similar to the one behind a finding, up to limite (at most 50): of the same company (mesma_empresa), or with words of its text (mesmas_palavras). The search goes outwards from its day, up to three years, and stops after a second. None for a finding on another table, or whose row is gone. Errors: NC004 unknown id, NC010 no warehouse to read.';
grant execute on function audit.lancamentos_parecidos(bigint, integer) to conferente_revisor, conferente_administrador;
