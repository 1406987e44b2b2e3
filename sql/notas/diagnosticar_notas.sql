-- The part of the diagnosis that says whether electronic notes are read and what the last reading gave. Called by
-- audit.diagnosticar_contrato; changes nothing.
create or replace function audit_interno.diagnosticar_notas()
returns table (item text, situacao text, detalhe text, sugestao text)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with regra as (select * from audit.regras x where x.nome in ('notas_fiscais', 'notas_sem_lancamento'))
  select 'notas fiscais',
    case when l.impedimento is not null then 'erro' when l.recusados > 0 or l.raizes = 0 or l.pasta is not null and exists (select from regra r where not r.ativa) then 'aviso' else 'ok' end,
    case
      when l.pasta is null then 'não são lidas'
      when l.impedimento is not null then format('a pasta %s não foi lida: %s', l.pasta,
        case l.impedimento when 'excesso' then format('tem mais de %s arquivos XML (notas.maximo_arquivos)', audit_interno.configuracao('notas.maximo_arquivos')) else l.impedimento end)
      when l.terminada_em is null then format('a leitura de %s, começada em %s, não terminou', l.pasta, to_char(l.iniciada_em at time zone audit.fuso(), 'DD/MM/YYYY HH24:MI'))
      else concat_ws('; ', format('%s guardadas, a última leitura em %s', n.notas, to_char(l.terminada_em at time zone audit.fuso(), 'DD/MM/YYYY HH24:MI')),
        case when l.recusados > 0 then format('%s arquivos recusados', l.recusados) end,
        case when l.raizes = 0 then 'sem raízes de confiança, nenhuma nota prova um valor' end,
        (select 'inativas: ' || string_agg(r.nome, ', ' order by r.prioridade) from regra r where not r.ativa)) end,
    case
      when l.pasta is null then 'Se há arquivos XML: conferente notas PASTA, ou CONFERENTE_NOTAS para o trabalhador (docs/operations.md).'
      when l.recusados > 0 then 'Quais e por quê: select * from audit.notas_recusadas.'
      when l.raizes = 0 then 'Informe os certificados das autoridades: --raizes, ou CONFERENTE_NOTAS_RAIZES.'
      else (select string_agg(format('select audit.alterar_regra(%L, ''{"ativa": true}'', ''…'');', r.nome), ' ' order by r.prioridade)
        from regra r where not r.ativa) end
  from (select count(*) as notas from audit.notas) as n
  left join audit_interno.leitura_notas l on true
$$;
comment on function audit_interno.diagnosticar_notas() is 'The line of the diagnosis on electronic notes.';
