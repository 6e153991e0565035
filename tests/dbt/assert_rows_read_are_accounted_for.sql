-- Nothing is lost (contract 4.3): the reader's own count of a delivery is the sum of its rows' dispositions.
select system, object, delivery, rows_read
from {{ ref('mart_delivery_accounting') }}
where rows_read <> rows_accepted + rows_superseded + rows_duplicate + rows_deleted + rows_quarantined
