-- Checks the warehouse contract line by line: what is there, of the right type, readable, writable, indexed, filled.
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
  v_bases oid[];
  v_legivel boolean;
  v_faltam boolean := false;
  v_linhas bigint;
  v_distintas bigint;
  v_sem_carga bigint;
  v_sem_data bigint;
begin
  return query select 'codificação', case when e.utf8 then 'ok' else 'erro' end, getdatabaseencoding()::text,
    case when not e.utf8 then 'O banco precisa ser UTF8: a comparação sem acentos depende disso.' end
  from (select getdatabaseencoding() = 'UTF8' as utf8) as e;

  if v_relacao is null then
    return query select diagnosticar_contrato.tabela, 'erro', 'a relação não existe',
      format('Crie a visão sobre sua tabela de fatos: create view %s as select … (veja docs/operations.md).', diagnosticar_contrato.tabela);
    return;
  end if;
  v_nome := audit_interno.nome_sql(v_relacao);
  select c.relkind into v_tipo from pg_class c where c.oid = v_relacao;
  -- the tables that a view stands on, through any number of views
  with recursive base as (
    select v_relacao::oid as oid
    union
    select d.refobjid from base b
    join pg_rewrite w on w.ev_class = b.oid
    join pg_depend d on d.objid = w.oid and d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid <> b.oid
  )
  select array_agg(b.oid) into v_bases from base b join pg_class c on c.oid = b.oid where c.relkind in ('r', 'p');
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
    from (values
      (1, 'id', 'de qualquer tipo escalar', null::name[], false), (2, 'data_lancamento', 'date', '{date}', false),
      (3, 'carregado_em', 'timestamptz', '{timestamptz}', false), (4, 'filial', 'text', '{text,varchar,bpchar}', false),
      (5, 'centro_custo', 'text', '{text,varchar,bpchar}', false), (6, 'conta_contabil', 'text', '{text,varchar,bpchar}', false),
      (7, 'categoria', 'text', '{text,varchar,bpchar}', false), (8, 'fornecedor_id', 'text', '{text,varchar,bpchar}', true),
      (9, 'fornecedor', 'text', '{text,varchar,bpchar}', false), (10, 'documento', 'text', '{text,varchar,bpchar}', true),
      (11, 'descricao', 'text', '{text,varchar,bpchar}', false), (12, 'valor', 'numeric(18,2)', '{numeric}', false),
      (13, 'valor_documento', 'numeric(18,2)', '{numeric}', true), (14, 'valor_desconto', 'numeric(18,2)', '{numeric}', true)
    ) as k (ordem, coluna, esperado, tipos, nula)
    left join pg_attribute a on a.attrelid = v_relacao and a.attname = k.coluna and a.attnum > 0 and not a.attisdropped
    left join pg_type t on t.oid = a.atttypid
    order by k.ordem;

  select has_schema_privilege('conferente_dono', c.relnamespace, 'usage') and has_table_privilege('conferente_dono', c.oid, 'select')
  into v_legivel
  from pg_class c where c.oid = v_relacao;
  return query select format('ler %s', v_nome), case when v_legivel then 'ok' else 'erro' end, 'conferente_dono',
    case when not v_legivel then format('grant usage on schema %s to conferente_dono; grant select, update on %s to conferente_dono;',
      split_part(v_nome, '.', 1), v_nome) end;
  -- 4: update, in the bits of pg_relation_is_updatable; INSTEAD OF triggers count
  return query select format('escrever %s', v_nome),
    case when not u.atualizavel then 'erro' when not u.permitido then 'erro' else 'ok' end,
    case when not u.atualizavel then 'a visão não é atualizável' when u.gatilho then 'por gatilho INSTEAD OF' else 'direto' end,
    case when not u.atualizavel then 'Dê à visão um gatilho INSTEAD OF UPDATE, ou faça-a sobre uma só tabela.'
      when not u.permitido then format('grant update on %s to conferente_dono;', v_nome) end
  from (
    select pg_relation_is_updatable(v_relacao, true) & 4 = 4 as atualizavel,
      has_table_privilege('conferente_dono', v_relacao, 'update') as permitido,
      exists (select from pg_trigger g where g.tgrelid = v_relacao and g.tgtype & 80 = 80) as gatilho
  ) as u;
  return query
    select format('escrever %s.%s', v_nome, a.attname), 'erro', 'a coluna não é atualizável pela visão',
      'Faça a coluna vir direto da tabela, ou use um gatilho INSTEAD OF UPDATE.'
    from pg_attribute a
    where a.attrelid = v_relacao and a.attname in ('categoria', 'valor') and not a.attisdropped
      and pg_relation_is_updatable(v_relacao, true) & 4 = 4 and not pg_column_is_updatable(v_relacao, a.attnum, true)
      -- a trigger takes every column, but pg_column_is_updatable believes it only if there is one for delete too
      and not exists (select from pg_trigger g where g.tgrelid = v_relacao and g.tgtype & 80 = 80);

  return query
    select format('índice em %s', k.coluna), case when i.indice is not null then 'ok' else 'aviso' end,
      case when i.indice = '' then 'particionada por esta coluna' else coalesce(i.indice, 'nenhum') end,
      case when i.indice is null then k.porque end
    from (values
      (1, 'id', '=', 'Sem ele cada correção lê a tabela toda.'),
      (2, 'data_lancamento', '>=', 'Sem ele uma janela por datas lê a tabela toda.'),
      (3, 'carregado_em', '>=', 'Sem ele a janela de cada manhã lê a tabela toda.'),
      (4, 'fornecedor_id', '=', 'Ajuda a achar documentos lançados duas vezes.')) as k (ordem, coluna, operador, porque)
    left join pg_attribute a on a.attrelid = v_relacao and a.attname = k.coluna and a.attnum > 0 and not a.attisdropped
    cross join lateral (
      select case
        when a.attname is null then null
        when v_tipo = 'v' then case when v_legivel then audit_interno.indice_da_visao(v_relacao, k.coluna, k.operador) end
        else coalesce(
          (select min(c.relname)::text from pg_index x join pg_class c on c.oid = x.indexrelid
            where x.indrelid = v_relacao and x.indisvalid and x.indkey[0] = a.attnum),
          (select '' from pg_partitioned_table y where y.partrelid = v_relacao and y.partattrs[0] = a.attnum))
      end as indice
    ) as i
    order by k.ordem;

  select count(*) < 4 into v_faltam from pg_attribute a
  where a.attrelid = v_relacao and not a.attisdropped and a.attname in ('id', 'data_lancamento', 'carregado_em', 'categoria');
  if not v_faltam and v_legivel then
    execute format('select count(*), count(distinct id), count(*) filter (where carregado_em is null), count(*) filter (where data_lancamento is null) from %s', v_nome)
    into v_linhas, v_distintas, v_sem_carga, v_sem_data;
    return query select 'linhas', case when v_linhas = 0 then 'aviso' else 'ok' end, v_linhas::text,
      case when v_linhas = 0 then 'Nada a conferir ainda.' end;
    return query select 'id único', case when v_linhas = v_distintas then 'ok' else 'erro' end,
      case when v_linhas = v_distintas then 'sim' else format('%s linhas nulas ou repetidas', v_linhas - v_distintas) end,
      case when v_linhas <> v_distintas then 'Cada lançamento precisa de um id próprio, não nulo.' end;
    return query select 'carregado_em preenchido', case when v_sem_carga = 0 then 'ok' else 'aviso' end, format('%s nulos', v_sem_carga),
      case when v_sem_carga > 0 then 'A janela de cada manhã não vê linhas sem hora de carga.' end;
    return query select 'data_lancamento preenchida', case when v_sem_data = 0 then 'ok' else 'aviso' end, format('%s nulas', v_sem_data),
      case when v_sem_data > 0 then 'Janelas por datas não veem linhas sem data.' end;
  end if;
  return query
    select 'fillfactor', 'aviso', format('%s: %s', c.oid::regclass, coalesce(array_to_string(c.reloptions, ', '), 'padrão')),
      format('alter table %s set (fillfactor = 85); deixa as correções na mesma página e custa cerca de metade.', c.oid::regclass)
    from pg_class c
    where c.oid = any (v_bases) and c.relkind = 'r' and not coalesce(array_to_string(c.reloptions, ',') ~ 'fillfactor=[1-9][0-9]?(,|$)', false)
      -- the facts, not the dimensions that a view joins
      and v_linhas > 100000 and pg_relation_size(c.oid) > 10 * v_linhas;
  return query select format('regra %s', r.nome), case when r.defeito is null then 'ok' else 'erro' end,
      coalesce(r.defeito, case when r.ativa then 'ativa' else 'inativa' end || case when r.automatica then ', automática' else '' end), null::text
    from (select x.*, audit_interno.conferir_regra(x) as defeito from audit.regras x order by x.prioridade, x.nome) as r;
  return query select 'padrões de trade marketing', 'aviso', 'nenhum ativo', 'Cadastre com audit.salvar_padrao: sem padrões a regra não acha nada.'
    where not exists (select from audit.padroes_trade_marketing p where p.ativo and p.acao = 'incluir');
end
$$;
comment on function audit.diagnosticar_contrato(text) is
  'Checks the warehouse contract and says, line by line, what is missing, of the wrong type, not writable or not indexed. situacao: ok, aviso (works, but) or erro (must be mended). sugestao says how.';
grant execute on function audit.diagnosticar_contrato(text) to conferente_leitor;
