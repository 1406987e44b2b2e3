-- Whether a folded text matches any of many marketing patterns: the quick filter first, then the expression that decides; then
-- the expression of those that have no filter. A null expression folds its arm away. Touches nothing; inlined by the planner.
-- Called by the parts of regras.trade_marketing, with what filtro_padroes and expressao_padroes give.
create or replace function regras.texto_casa(dobrado text, filtro text[], filtravel text, sem_filtro text) returns boolean
language sql immutable parallel safe
return coalesce(dobrado like any (filtro) and dobrado ~* filtravel, false) or coalesce(dobrado ~* sem_filtro, false);

comment on function regras.texto_casa(text, text[], text, text) is
  'Whether a folded text matches one of the marketing patterns, given as quick filters, their expression, and the expression of those without a filter; false for nulls.';
revoke execute on function regras.texto_casa(text, text[], text, text) from public;
