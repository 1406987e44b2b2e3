-- One regular expression for all active marketing patterns of one action and field, so that a row is read once however
-- many patterns there are; matched against folded text without regard to case. Those that have a quick filter (filtravel) and
-- those without come apart. Null where there is no pattern. Raises
-- invalid_regular_expression for a pattern that is none. Reads the patterns only. Called by the parts of regras.trade_marketing.
create or replace function regras.expressao_padroes(acao text, campo text, filtravel boolean) returns text
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select string_agg(e.expressao, '|' order by p.id)
  from audit.padroes_trade_marketing p
  cross join lateral (
    select case
      when p.tipo = 'regex' then
        -- matched once alone: a pattern that is invalid by itself must not become valid between the others
        case when '' ~* regras.sem_acentos(p.padrao) is not null
          then '(?:' || regras.sem_acentos(p.padrao) || ')' end
      when p.tipo = 'palavra' then
        '(?:^|[^a-z0-9])' || nullif(regexp_replace(
          btrim(regexp_replace(p.padrao_dobrado, '[^a-z0-9]+', ' ', 'g')), ' ', '[^a-z0-9]+', 'g'), '') || '(?![a-z0-9])'
      else
        regexp_replace(regexp_replace(p.padrao_dobrado, '([^[:alnum:][:space:]])', '\\\1', 'g'), '\s+', '\\s+', 'g')
    end as expressao
  ) e
  where p.ativo
    and p.acao = expressao_padroes.acao
    and p.campo = expressao_padroes.campo
    and (regras.filtro_padrao(p.tipo, p.padrao_dobrado) is not null) = expressao_padroes.filtravel
    and btrim(p.padrao, E' \t\r\n') <> ''
$$;

comment on function regras.expressao_padroes(text, text, boolean) is
  'All active patterns of one action (incluir, excluir) and field as one regular expression; null where there is none.';
revoke execute on function regras.expressao_padroes(text, text, boolean) from public;
