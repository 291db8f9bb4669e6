/** A data source that follows the primary. The door is {@link io.prontuario.ha.postgres.pool.FailoverDataSource}. */
@org.jspecify.annotations.NullMarked
package io.prontuario.ha.postgres.pool;
