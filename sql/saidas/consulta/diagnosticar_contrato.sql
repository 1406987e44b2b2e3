-- Checks the warehouse contract line by line: what is there, of the right type, readable, writable, indexed, filled; then what the rules
-- and the mail lack. Reads the warehouse as conferente_regra; changes nothing.
create or replace function audit.diagnosticar_contrato(tabela text default 'dw.lancamentos')
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_relacao regclass := audit_interno.relacao(diagnosticar_contrato.tabela);
  v_nome text;
  v_tipo "char";
  v_legivel boolean;
begin
  return query select 'codificação', case when e.utf8 then 'ok' else 'erro' end, getdatabaseencoding()::text,
    case when not e.utf8 then 'O banco precisa ser UTF8: a comparação sem acentos depende disso.' end
  from (select getdatabaseencoding() = 'UTF8' as utf8) as e;
  -- comes first: a wrong server setting may change what the rest reads
  return query select * from audit_interno.diagnosticar_servidor(v_relacao);

  if v_relacao is null then
    return query select diagnosticar_contrato.tabela, 'erro', 'a relação não existe',
      format('Crie a visão sobre sua tabela de fatos: create view %s as select … (veja docs/operations.md).', diagnosticar_contrato.tabela);
    return;
  end if;
  v_nome := audit_interno.nome_sql(v_relacao);
  select c.relkind into v_tipo from pg_class c where c.oid = v_relacao;
  return query select v_nome, case when v_tipo in ('r', 'p', 'v', 'f') then 'ok' else 'erro' end,
    case v_tipo when 'r' then 'tabela' when 'p' then 'tabela particionada' when 'v' then 'visão' when 'm' then 'visão materializada'
      when 'f' then 'tabela externa' else 'outra coisa' end,
    case when v_tipo not in ('r', 'p', 'v', 'f') then 'Use uma tabela ou uma visão atualizável.' end;

  return query
    select format('%s.%s', v_nome, k.coluna),
      case when a.attname is null then 'erro' when k.tipos is not null and not t.typname = any (k.tipos) then 'erro' else 'ok' end,
      case when a.attname is null then 'falta' else format_type(a.atttypid, a.atttypmod) end,
      case when a.attname is null then format('Acrescente a coluna %s %s%s.', k.coluna, k.esperado, case when k.nula then ' (pode ser nula)' else '' end)
        when k.tipos is not null and not t.typname = any (k.tipos) then format('O tipo deve ser %s.', k.esperado) end
    from audit_interno.contrato() k
    left join pg_attribute a on a.attrelid = v_relacao and a.attname = k.coluna and a.attnum > 0 and not a.attisdropped
    left join pg_type t on t.oid = a.atttypid
    order by k.ordem;

  return query select * from audit_interno.terreno(v_relacao, 'id');
  return query select * from audit_interno.diagnosticar_acesso(v_relacao);
  select d.situacao = 'ok' into v_legivel from audit_interno.diagnosticar_acesso(v_relacao) d where d.item like 'ler %';
  return query select * from audit_interno.diagnosticar_indices(v_relacao, v_legivel);
  if v_legivel and (select count(*) = 4 from pg_attribute a
    where a.attrelid = v_relacao and not a.attisdropped and a.attname in ('id', 'data_lancamento', 'carregado_em', 'categoria'))
  then
    return query select * from audit_interno.diagnosticar_linhas(v_relacao);
  end if;
  return query select * from audit_interno.diagnosticar_cargas(v_relacao);
  return query select * from audit_interno.diagnosticar_regras();
  return query select * from audit_interno.diagnosticar_categorias();
  return query select * from audit_interno.diagnosticar_notas();
  return query select * from audit_interno.diagnosticar_correio();
  return query select * from audit_interno.diagnosticar_carimbo();
  return query select * from audit_interno.diagnosticar_sinais();
end
$$;
comment on function audit.diagnosticar_contrato(text) is
  'Checks the warehouse contract and says, line by line, what is missing, of the wrong type, not readable, not writable or not indexed, with the grant that puts it right. situacao: ok, aviso (it works, but there is something to know) or erro (it must be fixed). sugestao says how. audit.experimentar_escrita tries what a trigger makes of a write.';
grant execute on function audit.diagnosticar_contrato(text) to conferente_leitor;
