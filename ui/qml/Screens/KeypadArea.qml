// The keys for the question being answered; whichever they are, they write through the form.
pragma ComponentBehavior: Bound

import QtQuick
import Controls
import Keyboard
import KioskUi

Item {
    id: area

    required property FormModel form
    required property KeyboardModel typing
    // Lying, the letters need the height, and the question stands lit beside them.
    readonly property bool labelled: Theme.portrait || form.keypad !== "chinese"

    Rectangle {
        anchors.fill: parent
        radius: Theme.radius
        color: Theme.highContrast ? Theme.card : "#dbe4f3"
        border.width: Theme.highContrast ? Theme.edgeWidth : 0
        border.color: Theme.edge
    }
    OneLine {
        id: asked
        visible: area.labelled
        x: Theme.px(24)
        y: Theme.px(16)
        width: parent.width - 2 * x
        height: Theme.px(Theme.large ? 66 : 48)
        text: area.form.currentLabel
        strong: true
        color: Theme.primary
    }
    Loader {
        anchors.fill: parent
        anchors.margins: Theme.px(20)
        anchors.topMargin: area.labelled ? asked.height + Theme.px(24) : Theme.px(20)
        sourceComponent: area.form.keypad === "buttons" ? choices : area.form.keypad === "chinese" ? chinese : area.form.keypad === "" ? null : digits
    }
    Component {
        id: choices

        ChoicePad {
            form: area.form
        }
    }
    Component {
        id: digits

        DigitPad {
            extra: area.form.keypad === "id-number" ? "X" : area.form.keypad === "decimal" ? "." : ""
            onTyped: text => area.form.typed(text)
            onErased: area.form.erased()
            onCleared: area.form.cleared()
            onDone: area.form.done()
        }
    }
    Component {
        id: chinese

        ChineseKeyboard {
            typing: area.typing
        }
    }
}
