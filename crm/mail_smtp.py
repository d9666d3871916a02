"""The mail back end of an office that has named its server: opens and closes as Flask-Mailman does, sends bytes."""

from flask_mailman.backends.smtp import EmailBackend as FlaskMailman


class EmailBackend(FlaskMailman):
    def hand_over(self, sender: str, to: str, written: bytes) -> None:
        self.connection.sendmail(sender, [to], written)
