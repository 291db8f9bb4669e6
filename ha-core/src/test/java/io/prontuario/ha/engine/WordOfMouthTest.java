package io.prontuario.ha.engine;

import static io.prontuario.ha.testing.Records.COPY_1;
import static io.prontuario.ha.testing.Records.STUDIO_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpServer;
import io.prontuario.ha.http.HttpSurface;
import io.prontuario.ha.model.ServerCondition;
import io.prontuario.ha.spi.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WordOfMouthTest {
    private final List<HttpServer> agents = new ArrayList<>();
    private final WordOfMouth word = new WordOfMouth(Machine.real(), Ticker.system(), () -> {});

    @AfterEach
    void end() {
        word.rest();
        agents.forEach(agent -> agent.stop(0));
    }

    /** An agent that says this of its server, a moment after it was asked; answers where it listens. */
    private String agentSaying(ServerCondition condition) throws IOException {
        HttpServer agent = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        agent.createContext("/word", exchange -> {
            exchange.getResponseHeaders().set(HttpSurface.WORD, word(condition).toString());
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        agent.start();
        agents.add(agent);
        return "127.0.0.1:" + agent.getAddress().getPort();
    }

    private static ServerWord word(ServerCondition condition) {
        return new ServerWord(condition, COPY_1, condition == ServerCondition.DOWN ? 4096 : 0);
    }

    private void awaitHeard(ServerCondition condition) {
        Awaitility.await().untilAsserted(() -> assertEquals(Optional.of(word(condition)), word.of(STUDIO_1, COPY_1)));
    }

    @Test
    void hearsAnAgentThatIsBackElsewhere() throws IOException {
        word.listen(STUDIO_1, agentSaying(ServerCondition.RUNNING));
        awaitHeard(ServerCondition.RUNNING);

        word.listen(STUDIO_1, agentSaying(ServerCondition.DOWN));

        awaitHeard(ServerCondition.DOWN);
    }

    @Test
    void aWordIsReadBackAsItWasSaid() {
        ServerWord said = word(ServerCondition.DOWN);

        assertEquals(said, ServerWord.parse(said.toString()));
        assertEquals(ServerWord.NONE, ServerWord.parse(ServerWord.NONE.toString()));
        assertThrows(IllegalArgumentException.class, () -> ServerWord.parse("DOWN studio-1.7f3a"));
    }
}
