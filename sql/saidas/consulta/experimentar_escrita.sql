-- Tries what the warehouse makes of a correction: each column that the rules may correct is written in one row, with a value found
-- elsewhere in that column, read again together with other rows, and undone. Nothing remains: no change, no operation. For each column
-- it waits at most two seconds for a row that another transaction holds. Called by `conferente diagnostico`.
create or replace function audit.experimentar_escrita(tabela text default 'dw.lancamentos')
returns table (item text, situacao text, detalhe text, sugestao text)
language plpgsql
volatile security definer
set search_path = pg_catalog, pg_temp
set lock_timeout = '2s'
as $$
declare
  v_relacao regclass := audit_interno.relacao(experimentar_escrita.tabela);
  v_nome text := audit_interno.nome_sql(v_relacao);
  v_item text := format('experimentar %s', v_nome);
  v_regra audit.regras;
  v_falta text;
  v_coluna record;
  v_visto record;
  v_mudou text;
  v_algum boolean := false;
begin
  perform audit_interno.recusar_de_dentro();
  select r.* into v_regra from audit.regras r
  where audit_interno.relacao(r.tabela) = v_relacao or r.tabela = 'dw.lancamentos'
  order by r.tabela = 'dw.lancamentos', r.prioridade limit 1;
  select string_agg(d.item, ', ') into v_falta from audit_interno.diagnosticar_acesso(v_relacao) d where d.situacao = 'erro';
  if v_relacao is null or v_regra.nome is null or v_falta is not null
    or audit_interno.tipo_coluna(v_relacao, v_regra.coluna_chave) is null
  then
    return; -- diagnosticar_contrato says what is missing
  end if;
  if not audit_interno.exige_releitura(v_relacao)
    and not exists (select from pg_class c where c.oid in (select audit_interno.relacoes_abaixo(v_relacao)) and (c.relrowsecurity or c.relkind = 'v'))
  then
    return query select v_item, 'ok', 'nenhum gatilho, regra, visão ou política de linha entre a escrita e a tabela', null::text;
    return;
  end if;
  if pg_is_in_recovery() or current_setting('transaction_read_only')::boolean then
    return query select v_item, 'aviso', 'não experimentada: aqui só se lê', 'Rode conferente diagnostico no servidor principal.';
    return;
  end if;
  v_regra.tabela := v_nome;
  v_regra.colunas_acompanham := array(
    select distinct c from audit.regras r cross join unnest(r.colunas_acompanham) as c where audit_interno.relacao(r.tabela) = v_relacao);

  for v_coluna in -- one turn for each column, with the sampled row that has most columns filled and a value of another row
    select x.*
    from audit_interno.ler(format(
      'with amostra as materialized (select t.%1$I::text as chave, %2$s as linha from %3$s t where t.%1$I is not null limit 1000),
       alvo as (
         select a.* from amostra a
         order by (select count(*) from jsonb_each(a.linha) e where e.value <> ''null'') desc, a.chave limit 1)
       select a.chave, c.coluna, o.valor, exists (select from amostra x where x.linha -> c.coluna <> ''null''), v.chaves
       from alvo a cross join unnest($2) as c (coluna)
       cross join (select array_agg(x.chave) as chaves from (select y.chave from amostra y limit 100) as x) as v
       left join lateral (
         select x.linha -> c.coluna as valor from amostra x
         where x.linha -> c.coluna <> ''null'' and x.linha -> c.coluna <> a.linha -> c.coluna limit 1) as o on true
       order by c.coluna',
      v_regra.coluna_chave,
      audit_interno.expressao_imagens(v_relacao, array(select u.coluna from audit_interno.colunas_usadas(v_relacao) u where u.corrigivel)),
      v_nome), null, array(select u.coluna from audit_interno.colunas_usadas(v_relacao) u where u.corrigivel))
      as x (chave text, coluna text, valor jsonb, tem boolean, vizinhas text[])
  loop
    v_algum := true;
    item := format('experimentar %s.%s', v_nome, v_coluna.coluna);
    sugestao := null;
    if v_coluna.valor is null then
      situacao := case when v_coluna.tem then 'aviso' else 'ok' end;
      detalhe := format('não experimentada: %s nas primeiras mil linhas', case when v_coluna.tem then 'um só valor' else 'nenhum valor' end);
      return next;
      continue;
    end if;
    v_visto := audit_interno.experimentar_coluna(v_regra, v_coluna.chave, v_coluna.coluna, v_coluna.valor, v_coluna.vizinhas);
    select string_agg(format('%s de %s para %s', o.key, o.value, coalesce(v_visto.outras_depois -> o.key, 'null')), ', ' order by o.key) into v_mudou
    from jsonb_each(v_visto.outras) as o
    where v_visto.existe and o.value is distinct from v_visto.outras_depois -> o.key;
    -- the columns that the bundled rules propose must be writable; for others a refusal or an ignored write only makes a correction fail
    situacao := case when v_coluna.coluna in ('categoria', 'valor') then 'erro' else 'aviso' end;
    case
      when v_visto.codigo in ('55P03', '40P01') then
        situacao := 'aviso';
        detalhe := 'não experimentada: outra transação segura o registro';
        sugestao := 'Tente de novo.';
      when v_visto.codigo is not null then
        detalhe := format('pedido %s, recusado (%s): %s', v_coluna.valor, v_visto.codigo, v_visto.erro);
        sugestao := 'Um valor que o data warehouse já tem deve ser aceito; assim toda correção desta coluna falha.'
          || case situacao when 'aviso' then ' Se ninguém deve corrigi-la, está bem assim.' else '' end;
      when not v_visto.visivel then
        situacao := 'erro';
        detalhe := 'não experimentada: conferente_escrita não vê o registro';
        sugestao := 'Uma política de linha do data warehouse o esconde: dê a conferente_escrita uma que mostre o que conferente_regra vê.';
      when not v_visto.existe then
        situacao := 'erro';
        detalhe := format('pedido %s, e o registro sumiu', v_coluna.valor);
        sugestao := 'O gatilho deve gravar o que recebe, e mais nada.';
      when v_visto.fiel and v_mudou is null and v_visto.quantas = 1 and not v_visto.alheia then
        situacao := 'ok';
        detalhe := 'gravada como pedido';
      when v_visto.depois is not distinct from v_visto.antes and v_mudou is null and not v_visto.alheia then
        detalhe := format('pedido %s, ficou %s: não é gravada', v_coluna.valor, v_visto.depois);
        sugestao := 'O gatilho deve gravar a coluna, ou recusar a mudança com raise exception.';
      else
        situacao := 'erro';
        detalhe := concat_ws('; ', format('pedido %s, ficou %s', v_coluna.valor, coalesce(v_visto.depois, 'null')),
          'mudou junto: ' || v_mudou, case when v_visto.alheia then 'mudou outros registros' end, case when v_visto.quantas <> 1 then format('o gatilho diz que mudou %s registros', v_visto.quantas) end);
        sugestao := concat_ws(' ', 'O gatilho deve gravar o que recebe, e mais nada; toda correção assim é desfeita.',
          case when v_visto.alheia then 'Em outros registros não se olha ao corrigir: não corrija nada antes de o mudar.' end,
          case when v_mudou is not null then 'Uma regra própria diz em colunas_acompanham o que o data warehouse muda sozinho; para as que vêm instaladas, a visão dê a coluna como nula, como null::text as conta_contabil, com pendente.move_conta false.' end);
    end case;
    if v_coluna.coluna = 'conta_contabil' and sugestao is not null and detalhe not like 'não experimentada%'
      and audit_interno.configuracao('pendente.move_conta') = 'true' then
      sugestao := sugestao || ' Enquanto a conta não puder ser gravada, que só a categoria se corrija: conferente configurar pendente.move_conta false --motivo "…".';
    end if;
    return next;
  end loop;
  if not v_algum then
    return query select v_item, 'aviso', 'não experimentada: nenhuma linha', 'Carregue o data warehouse e rode de novo.';
  end if;
end
$$;
comment on function audit.experimentar_escrita(text) is
  'Tries, line by line, what the warehouse makes of a correction: writes each correctable column of one row with a value seen elsewhere in it, reads it again and undoes it. Nothing stays, not even an operation. situacao: ok, aviso (corrections of the column fail) or erro (something else is stored; every such correction is undone). Other rows, among the first hundred, must not change. One line if nothing stands between the write and the table, if the server is read-only, or if there are no rows; none if diagnosticar_contrato reports errors on access.';
grant execute on function audit.experimentar_escrita(text) to conferente_operador, conferente_administrador;
