package io.prontuario.ha.examples.bench;

/**
 * What may grow in a soak, and how much of it is no growth. What belongs to several processes is their sum: which of two nodes is the primary
 * changes in the middle, and must not look like growth.
 */
enum Figure {
    AGENT_HEAP("agents: live heap", "MiB", 4, 0.10),
    AGENT_MEMORY("agents: resident memory", "MiB", 24, 0.08),
    AGENT_THREADS("agents: threads", "threads", 6, 0),
    AGENT_FILES("agents: open files", "files", 12, 0),
    POOL_HEAP("pool, clients and this process: live heap", "MiB", 4, 0.10),
    POOL_THREADS("pool, clients and this process: threads", "threads", 6, 0),
    POOL_FILES("pool, clients and this process: open files", "files", 12, 0),
    /** Without the shared buffers, of which more are touched as the table grows. */
    SERVER_MEMORY("PostgreSQL: memory of its own", "MiB", 24, 0.15),
    SERVER_PROCESSES("PostgreSQL: processes", "processes", 6, 0),
    /** A backend keeps the files open that it has used; a table has one more for each GiB. */
    SERVER_FILES("PostgreSQL: open files", "files", 60, 0.15),
    SERVER_CONNECTIONS("PostgreSQL: connections", "connections", 5, 0),
    PROXY_MEMORY("HAProxy: resident memory", "MiB", 8, 0.10),
    PROXY_FILES("HAProxy: open files", "files", 12, 0),
    STORE_HEAP("ZooKeeper: live heap", "MiB", 6, 0.15),
    STORE_MEMORY("ZooKeeper: resident memory", "MiB", 24, 0.08),
    STORE_THREADS("ZooKeeper: threads", "threads", 6, 0),
    STORE_FILES("ZooKeeper: open files", "files", 12, 0),
    /** Its log grows with each write until it is cleared once an hour: a few writes a second of a KiB on each of three servers. */
    STORE_FOLDERS("ZooKeeper: folders", "MiB", 64, 0),
    STATE_FOLDERS("nodes: state and audit folders", "MiB", 4, 0.10);

    private final String text;
    private final String unit;
    private final double allowance;
    private final double share;

    Figure(String text, String unit, double allowance, double share) {
        this.text = text;
        this.unit = unit;
        this.allowance = allowance;
        this.share = share;
    }

    String text() {
        return text;
    }

    String unit() {
        return unit;
    }

    /** How much more than {@code before} is no growth. */
    double allowed(double before) {
        return Math.max(allowance, share * before);
    }
}
